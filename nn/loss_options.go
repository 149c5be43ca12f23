package nn

import "github.com/wangkuiyi/gotorch/torch"

// A PosWeightOption is the option that [PosWeight] returns.
type PosWeightOption struct{ tensor *torch.Tensor }

// PosWeight is the weight of positive targets of each class in
// [BCEWithLogitsLoss].
func PosWeight(t *torch.Tensor) PosWeightOption { return PosWeightOption{t} }

// LogInput says that [PoissonNLLLoss]'s input is a logarithm. Its default is
// true.
type LogInput bool

// Full adds the term that does not depend on the input. Its default is false.
type Full bool

// LogTarget says that [KLDivLoss]'s target is a logarithm. Its default is false.
type LogTarget bool

// Margin is by how much a loss wants examples apart. Its default is 1, in
// [CosineEmbeddingLoss] and [MarginRankingLoss] 0.
type Margin float64

// Delta is where [HuberLoss] becomes linear. Its default is 1.
type Delta float64

// Swap has a triplet loss take the negative example's distance from the positive
// one, if that is smaller. Its default is false.
type Swap bool

// Blank is the class that [CTCLoss] leaves out. Its default is 0.
type Blank int64

// ZeroInfinity has [CTCLoss] take 0 for infinite losses. Its default is false.
type ZeroInfinity bool
