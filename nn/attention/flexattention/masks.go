package flexattention

import (
	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// NoopMask is the [MaskMod] that masks nothing.
func NoopMask(b, _, _, _ *torch.Tensor) *torch.Tensor { return b.NewOnes([]int64{}, torch.Bool) }

// AndMasks returns the [MaskMod] of what all masks leave.
func AndMasks(masks ...MaskMod) MaskMod {
	checkMasks(masks)
	return func(b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor {
		result := b.NewOnes([]int64{}, torch.Bool)
		for _, m := range masks {
			result = result.BitwiseAnd(m(b, h, qIdx, kvIdx))
		}
		return result
	}
}

// OrMasks returns the [MaskMod] of what any of the masks leaves.
func OrMasks(masks ...MaskMod) MaskMod {
	checkMasks(masks)
	return func(b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor {
		result := b.NewZeros([]int64{}, torch.Bool)
		for _, m := range masks {
			result = result.BitwiseOr(m(b, h, qIdx, kvIdx))
		}
		return result
	}
}

func checkMasks(masks []MaskMod) {
	for _, m := range masks {
		if m == nil {
			panic(torch.NewError("RuntimeError", "All inputs should be callable mask_mods: one is nil"))
		}
	}
}

// A Mod is a function of which [CreateMask] makes a mask.
type Mod interface {
	~func(b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor | ~func(score, b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor
}

// CreateMask returns the mask of a [MaskMod], or of what a [ScoreMod] does not make minus
// infinity, of shape (batches, heads, queries, keys). 0 batches or heads are 1. Without a
// device it is on the current accelerator, or the CPU where there is none.
func CreateMask[F Mod](mod F, batches, heads, queries, keys int64, device ...torch.Device) *torch.Tensor {
	shape := []int64{max(batches, 1), max(heads, 1), queries, keys}
	d := deviceOf(device)
	n := numbers(shape, d)
	switch mod := any(mod).(type) {
	case MaskMod:
		return mod.given().vmapped()(n[0], n[1], n[2], n[3])
	case func(b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor:
		return MaskMod(mod).given().vmapped()(n[0], n[1], n[2], n[3])
	case ScoreMod:
		return mod.mask(torch.Zeros(shape, d), n)
	case func(score, b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor:
		return ScoreMod(mod).mask(torch.Zeros(shape, d), n)
	}
	panic(torch.NewError("TypeError", "mod_fn must be a MaskMod or a ScoreMod, not %T", mod))
}

func (m ScoreMod) mask(scores *torch.Tensor, n []*torch.Tensor) *torch.Tensor {
	if m == nil {
		panic(torch.NewError("TypeError", "a nil flexattention.ScoreMod is no function"))
	}
	return m.vmapped()(scores, n[0], n[1], n[2], n[3]).Isneginf().LogicalNot()
}

func (m MaskMod) given() MaskMod {
	if m == nil {
		panic(torch.NewError("TypeError", "a nil flexattention.MaskMod is no function"))
	}
	return m
}

func deviceOf(given []torch.Device) torch.Device {
	if len(given) > 0 && given[0] != (torch.Device{}) {
		return given[0]
	}
	if d := accelerator.CurrentAccelerator(accelerator.CheckAvailable(true)); d != (torch.Device{}) {
		return d
	}
	return torch.CPU
}

// CreateBlockMask returns the mask of a [MaskMod] with what its blocks are. 0 batches or heads
// are 1, which goes with any number. Options: [BlockSize], [SeparateFullBlocks], [Device].
func CreateBlockMask(mod MaskMod, batches, heads, queries, keys int64, opts ...BlockMaskOption) *BlockMask {
	a := maskArgumentsOf(opts)
	mask := CreateMask(mod, batches, heads, queries, keys, a.device)
	partial, full := a.blocksOf(mask)
	count, indices := ordered(partial)
	var fullCount, fullIndices *torch.Tensor
	if full != nil {
		fullCount, fullIndices = ordered(full)
	}
	return BlockMaskFromKvBlocks(count, indices, fullCount, fullIndices, BlockSize(a.block), mod, SeqLengths{queries, keys})
}

// blocksOf says of each block whether it is in between, and whether it is full; without
// SeparateFullBlocks, whether it is not empty.
func (a *maskArguments) blocksOf(mask *torch.Tensor) (partial, full *torch.Tensor) {
	if mask.DType() != torch.Bool {
		panic(torch.NewError("AssertionError", "mask.dtype must be torch.bool, got %s", mask.DType()))
	}
	rows, columns := ceilDiv(mask.Size(-2), a.block[0]), ceilDiv(mask.Size(-1), a.block[1])
	mask = functional.Pad(mask, []int64{0, columns*a.block[1] - mask.Size(-1), 0, rows*a.block[0] - mask.Size(-2)})
	blocks := mask.View(mask.Size(0), mask.Size(1), rows, a.block[0], columns, a.block[1])
	count := blocks.Sum(torch.Dim(3, 5))
	if !a.separate {
		return count.Gt(0), nil
	}
	all := a.block[0] * a.block[1]
	return count.Gt(0).LogicalAnd(count.Lt(all)), count.Eq(all)
}
