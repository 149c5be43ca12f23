package nn

// AsBatchNorm returns what the layer has in common with other BatchNorm layers:
// a way to tell them from the other modules of a model, as swa.UpdateBn does. A
// struct that embeds the layer has the method, too.
func (l *BatchNorm1d) AsBatchNorm() *NormBase { return &l.NormBase }

// AsBatchNorm returns what the layer has in common with other BatchNorm layers;
// see [BatchNorm1d.AsBatchNorm].
func (l *BatchNorm2d) AsBatchNorm() *NormBase { return &l.NormBase }

// AsBatchNorm returns what the layer has in common with other BatchNorm layers;
// see [BatchNorm1d.AsBatchNorm].
func (l *BatchNorm3d) AsBatchNorm() *NormBase { return &l.NormBase }
