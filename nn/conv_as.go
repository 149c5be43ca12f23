package nn

// AsConv returns what the layer has in common with other convolutions, the
// transposed ones among them: a way to tell them from the other modules of a
// model. A struct that embeds a convolution has the method, too.
func (c *ConvNd) AsConv() *ConvNd { return c }

// AsConvTranspose returns what the layer has in common with other transposed
// convolutions; see [ConvNd.AsConv].
func (c *ConvTransposeNd) AsConvTranspose() *ConvTransposeNd { return c }

// AsLinear returns the layer, also of a struct that embeds it.
func (l *Linear) AsLinear() *Linear { return l }
