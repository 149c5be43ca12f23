package flexattention

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// A BlockMask is a mask of which is known what its blocks of queries and keys are: empty,
// full, or in between. Python's BlockMask, without the metadata for deterministic kernels of
// torch.compile (dq_write_order).
//
// KvNumBlocks, of shape (B, H, rows), says how many blocks of each row are in between, and
// KvIndices, (B, H, rows, columns), which these are; what comes after that number counts for
// nothing. QNumBlocks and QIndices say the same for columns. The others are of full blocks,
// or nil.
type BlockMask struct {
	SeqLengths [2]int64 // of queries and of keys
	BlockSize  [2]int64
	MaskMod    MaskMod

	KvNumBlocks, KvIndices         *torch.Tensor
	FullKvNumBlocks, FullKvIndices *torch.Tensor
	QNumBlocks, QIndices           *torch.Tensor
	FullQNumBlocks, FullQIndices   *torch.Tensor
}

// wholeSequence is the size of a block for a mask that masks nothing.
const wholeSequence = 1 << 30

// A BlockMaskOption is an option of [CreateBlockMask] and [BlockMaskFromKvBlocks].
type BlockMaskOption interface{ setMask(*maskArguments) }

type maskArguments struct {
	device           torch.Device
	block            [2]int64
	seqLengths       *[2]int64
	separate, qBlock bool
	mod              MaskMod
}

// BlockSize is how many queries and how many keys a block has: 128 by default.
type BlockSize [2]int64

// SeparateFullBlocks has [CreateBlockMask] list full blocks by themselves. Its default is
// true.
type SeparateFullBlocks bool

// Device is where [CreateBlockMask] makes the mask. By default it is the current accelerator,
// or the CPU where there is none.
type Device torch.Device

// SeqLengths is how many queries and how many keys [BlockMaskFromKvBlocks] makes a mask for.
// By default it is as many as the blocks have room for.
type SeqLengths [2]int64

// ComputeQBlocks has [BlockMaskFromKvBlocks] compute the blocks of columns, which gradients
// need. Its default is true.
type ComputeQBlocks bool

func (s BlockSize) setMask(a *maskArguments)          { a.block = s }
func (s SeparateFullBlocks) setMask(a *maskArguments) { a.separate = bool(s) }
func (d Device) setMask(a *maskArguments)             { a.device = torch.Device(d) }
func (s SeqLengths) setMask(a *maskArguments)         { a.seqLengths = (*[2]int64)(&s) }
func (c ComputeQBlocks) setMask(a *maskArguments)     { a.qBlock = bool(c) }
func (m MaskMod) setMask(a *maskArguments)            { a.mod = m }

func maskArgumentsOf(opts []BlockMaskOption) maskArguments {
	a := maskArguments{block: [2]int64{128, 128}, separate: true, qBlock: true, mod: NoopMask}
	for _, o := range opts {
		if o != nil {
			o.setMask(&a)
		}
	}
	if a.block[0] <= 0 || a.block[1] <= 0 {
		panic(torch.NewError("ValueError", "BLOCK_SIZE must be positive, got (%d, %d)", a.block[0], a.block[1]))
	}
	return a
}

// BlockMaskFromKvBlocks makes a mask of the lists of blocks in rows, see [BlockMask]; those
// of full blocks may both be nil. Options: [BlockSize], a [MaskMod], [SeqLengths],
// [ComputeQBlocks]. Python's BlockMask.from_kv_blocks.
func BlockMaskFromKvBlocks(kvNumBlocks, kvIndices, fullKvNumBlocks, fullKvIndices *torch.Tensor, opts ...BlockMaskOption) *BlockMask {
	a := maskArgumentsOf(opts)
	if kvNumBlocks == nil || kvIndices == nil {
		panic(torch.NewError("AssertionError", "kv_num_blocks and kv_indices must be provided"))
	}
	if kvIndices.Dim() < 2 {
		panic(torch.NewError("RuntimeError", "BlockMask must have at least 2 dimensions"))
	}
	if (fullKvNumBlocks == nil) != (fullKvIndices == nil) {
		panic(torch.NewError("AssertionError", "full_kv_num_blocks and full_kv_indices must be both provided or omitted"))
	}
	lengths := [2]int64{kvIndices.Size(-2) * a.block[0], kvIndices.Size(-1) * a.block[1]}
	if a.seqLengths != nil {
		lengths = *a.seqLengths
	}
	m := &BlockMask{SeqLengths: lengths, BlockSize: a.block, MaskMod: a.mod, KvNumBlocks: kvNumBlocks, KvIndices: kvIndices,
		FullKvNumBlocks: fullKvNumBlocks, FullKvIndices: fullKvIndices}
	if a.qBlock {
		columns := ceilDiv(lengths[1], a.block[1])
		m.QNumBlocks, m.QIndices = transposed(kvNumBlocks, kvIndices, columns)
		if fullKvNumBlocks != nil {
			m.FullQNumBlocks, m.FullQIndices = transposed(fullKvNumBlocks, fullKvIndices, columns)
		}
	}
	return m
}

// emptyBlockMask is the mask of attention without one.
func emptyBlockMask(d torch.Device) *BlockMask {
	return BlockMaskFromKvBlocks(torch.Ones([]int64{1, 1, 1}, torch.Int32, d), torch.Zeros([]int64{1, 1, 1, 1}, torch.Int32, d), nil, nil,
		BlockSize{wholeSequence, wholeSequence}, SeqLengths{1, 1})
}

// given refuses what CreateBlockMask and the like have not made.
func (m *BlockMask) given() *BlockMask {
	if m == nil || m.KvNumBlocks == nil || m.KvIndices == nil {
		panic(torch.NewError("TypeError", "a *flexattention.BlockMask that is nil or empty is no mask; make one with CreateBlockMask"))
	}
	return m
}

// checkUse refuses a mask that is not for so many queries and keys.
func (m *BlockMask) checkUse(queries, keys int64) {
	if m.given().MaskMod == nil {
		panic(torch.NewError("TypeError", "a flexattention.BlockMask needs a MaskMod"))
	}
	if isSliced(m.MaskMod) {
		panic(torch.NewError("RuntimeError", "Cannot use mask_mod from a sliced BlockMask"))
	}
	if m.BlockSize == [2]int64{wholeSequence, wholeSequence} {
		return
	}
	if queries > m.SeqLengths[0] || keys > m.SeqLengths[1] {
		panic(torch.NewError("RuntimeError", "block_mask was created for a smaller length than you're using it for, "+
			"you likely need to create a new block mask."))
	}
	if queries < m.SeqLengths[0] || keys < m.SeqLengths[1] {
		panic(torch.NewError("RuntimeError", "block_mask was created for a larger length than you're using it for, you can either "+
			"1. create a new block mask with the correct length, or 2. 'adjust' the existing block mask to the correct length by calling "+
			"block_mask._adjust(q_len, kv_len). This essentially 'crops' the block mask to the upper left corner, which does not work "+
			"for all mask_mods!"))
	}
}

func slicedMaskMod(_, _, _, _ *torch.Tensor) *torch.Tensor {
	panic(torch.NewError("RuntimeError", "Cannot use mask_mod from a sliced BlockMask. "+
		"When you slice a BlockMask using [], the mask_mod attribute is reset. "+
		"You must set it from the original BlockMask's mask_mod."+
		"\n\nIncorrect usage:"+
		"\n  base_mask = create_block_mask(my_mask_fn, ...)"+
		"\n  sliced_mask = base_mask[:, :, block_idx]"+
		"\n  sliced_mask.mask_mod = apply_offset(sliced_mask.mask_mod, offset)  # WRONG!"+
		"\n\nCorrect usage:"+
		"\n  base_mask = create_block_mask(my_mask_fn, ...)"+
		"\n  sliced_mask = base_mask[:, :, block_idx]"+
		"\n  sliced_mask.mask_mod = apply_offset(base_mask.mask_mod, offset)  # Use base_mask!"))
}

func isSliced(m MaskMod) bool {
	return reflect.ValueOf(m).Pointer() == reflect.ValueOf(slicedMaskMod).Pointer()
}

// Shape returns the sizes of the mask: those of batches and heads, and how many queries and
// keys it is for.
func (m *BlockMask) Shape() []int64 {
	shape := m.given().KvIndices.Shape()
	return append(shape[:len(shape)-2:len(shape)-2], m.SeqLengths[0], m.SeqLengths[1])
}

// Numel returns how many elements the mask has.
func (m *BlockMask) Numel() int64 {
	n := int64(1)
	for _, size := range m.Shape() {
		n *= size
	}
	return n
}

// Sparsity returns the percentage of blocks that are empty.
func (m *BlockMask) Sparsity() float64 {
	m.given()
	total := ceilDiv(m.SeqLengths[0], m.BlockSize[0]) * ceilDiv(m.SeqLengths[1], m.BlockSize[1])
	shape := m.KvNumBlocks.Shape()
	for _, size := range shape[:len(shape)-1] {
		total *= size
	}
	computed := m.KvNumBlocks.Sum().Item()
	if m.FullKvNumBlocks != nil {
		computed += m.FullKvNumBlocks.Sum().Item()
	}
	return 100 * (1 - computed/float64(total))
}

// ToDense returns a tensor of 1 for blocks that are not empty, and 0.
func (m *BlockMask) ToDense() *torch.Tensor {
	dense := denseOf(m.given().KvNumBlocks, m.KvIndices, m.KvIndices.Size(-1))
	if m.FullKvNumBlocks != nil {
		dense = dense.BitwiseOr(denseOf(m.FullKvNumBlocks, m.FullKvIndices, m.FullKvIndices.Size(-1)))
	}
	return dense
}

// To returns the mask with its tensors on a device.
func (m *BlockMask) To(d torch.Device) *BlockMask {
	to := *m.given()
	for _, t := range []**torch.Tensor{&to.KvNumBlocks, &to.KvIndices, &to.FullKvNumBlocks, &to.FullKvIndices,
		&to.QNumBlocks, &to.QIndices, &to.FullQNumBlocks, &to.FullQIndices} {
		if *t != nil {
			*t = (*t).To(d)
		}
	}
	return &to
}

// Index returns the mask of some batches, heads and rows of blocks, in this order: an integer,
// which keeps its dimension, a torch.Slice, or a tensor. Its MaskMod must be set anew, as it
// counts queries from 0. Python's block_mask[...].
func (m *BlockMask) Index(index ...any) *BlockMask {
	if len(index) > 3 {
		panic(torch.NewError("IndexError", "BlockMask indexing supports batch, head, and Q-block dimensions"))
	}
	sizes := m.given().KvNumBlocks.Shape()
	for i := range min(3, len(sizes)) {
		if i >= len(index) {
			index = append(index, torch.Slice(nil, nil))
		}
		index[i] = keepDimension(index[i], sizes[i])
	}
	part := func(t *torch.Tensor) *torch.Tensor {
		if t == nil {
			return nil
		}
		return t.Index(index...)
	}
	kvIndices := part(m.KvIndices)
	queries := m.queriesIn(index[len(index)-1], kvIndices.Size(-2))
	return BlockMaskFromKvBlocks(part(m.KvNumBlocks), kvIndices, part(m.FullKvNumBlocks), part(m.FullKvIndices),
		BlockSize(m.BlockSize), MaskMod(slicedMaskMod), SeqLengths{queries, m.SeqLengths[1]}, ComputeQBlocks(m.QIndices != nil))
}

// keepDimension makes a slice of an integer.
func keepDimension(index any, size int64) any {
	v := reflect.ValueOf(index)
	if !v.CanInt() {
		return index
	}
	i := v.Int()
	if i < 0 && i >= -size {
		i += size
	}
	return torch.Slice(i, i+1)
}

// queriesIn returns how many queries selected rows of blocks are for.
func (m *BlockMask) queriesIn(index any, selected int64) int64 {
	if _, isTensor := index.(*torch.Tensor); isTensor {
		return selected * m.BlockSize[0] // as which they are is not looked at
	}
	total := int64(0)
	for _, row := range torch.Data[int64](torch.Arange(m.KvNumBlocks.Size(-1), torch.CPU).Index(index)) {
		total += min((row+1)*m.BlockSize[0], m.SeqLengths[0]) - min(row*m.BlockSize[0], m.SeqLengths[0])
	}
	return total
}

// Adjust returns the upper left corner of the mask, for fewer queries and keys. Python's
// _adjust.
func (m *BlockMask) Adjust(queries, keys int64) *BlockMask {
	m.given()
	rows, columns := ceilDiv(queries, m.BlockSize[0]), ceilDiv(keys, m.BlockSize[1])
	crop := func(count, indices *torch.Tensor) (*torch.Tensor, *torch.Tensor) {
		if count == nil {
			return nil, nil
		}
		all := torch.Slice(nil, nil)
		indices = indices.Index(all, all, torch.Slice(nil, rows), torch.Slice(nil, columns))
		count = count.Index(all, all, torch.Slice(nil, rows))
		valid := torch.Arange(indices.Size(-1), indices.Device()).Lt(count.Unsqueeze(-1))
		return valid.LogicalAnd(indices.Lt(columns)).Sum(torch.Dim(-1)).To(torch.Int32), indices
	}
	count, indices := crop(m.KvNumBlocks, m.KvIndices)
	fullCount, fullIndices := crop(m.FullKvNumBlocks, m.FullKvIndices)
	return BlockMaskFromKvBlocks(count, indices, fullCount, fullIndices, BlockSize(m.BlockSize), m.MaskMod,
		SeqLengths{queries, keys}, ComputeQBlocks(m.QIndices != nil))
}

// String draws the mask, as Python does.
func (m *BlockMask) String() string {
	return fmt.Sprintf("BlockMask(shape=%s, sparsity=%.2f%%, \n%s\n)", tuple(m.Shape()), m.Sparsity(), strings.TrimSpace(m.ToString(20, 20, 4)))
}

// ToString draws the masks of up to limit batches and heads, with up to so many rows and
// columns. Python's to_string.
func (m *BlockMask) ToString(rows, columns int64, limit int) string {
	dense := m.ToDense().To(torch.CPU)
	shape := dense.Shape()
	batches := dense.Reshape(-1, shape[len(shape)-2], shape[len(shape)-1])
	var drawn []string
	for i := range batches.Size(0) {
		if len(drawn) == limit {
			drawn = append(drawn, "...", "To print out more, set BlockMask.to_string(limit=N)",
				"You can also index (BlockMask[batch, head]) to choose a specific batch or head")
			break
		}
		drawn = append(drawn, tuple(unravel(i, shape[:len(shape)-2]))+"\n"+draw(batches.Index(i), rows, columns))
	}
	return strings.Join(drawn, "\n")
}

// draw draws one mask, with a sign for the blocks of each step.
func draw(dense *torch.Tensor, rows, columns int64) string {
	var b strings.Builder
	height, width := dense.Size(0), dense.Size(1)
	rowStep, columnStep := max(1, ceilDiv(height, rows)), max(1, ceilDiv(width, columns))
	for r := int64(0); r < height; r += rowStep {
		for c := int64(0); c < width; c += columnStep {
			part := dense.Index(torch.Slice(r, r+rowStep), torch.Slice(c, c+columnStep))
			switch part.Float().Mean().Item() {
			case 1:
				b.WriteString("██")
			case 0:
				b.WriteString("  ")
			default:
				b.WriteString("░░")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// unravel returns the place of the i-th element in a shape.
func unravel(i int64, shape []int64) []int64 {
	place := make([]int64, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		place[d] = i % shape[d]
		i /= shape[d]
	}
	return place
}

func tuple(numbers []int64) string {
	text := strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ", ")
	if len(numbers) == 1 {
		text += ","
	}
	return "(" + text + ")"
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

// denseOf returns 1 where a block is listed, and 0.
func denseOf(count, indices *torch.Tensor, columns int64) *torch.Tensor {
	shape := indices.Shape()
	listed := torch.Arange(indices.Size(-1), indices.Device()).Lt(count.Unsqueeze(-1))
	// What is not listed goes to a column of its own.
	place := torch.Where(listed, indices, torch.FullLike(indices, columns)).To(torch.Int64)
	dense := torch.Zeros(append(shape[:len(shape)-1:len(shape)-1], columns+1), torch.Int32, indices.Device())
	return dense.Scatter(-1, place, 1).Narrow(-1, 0, columns).Contiguous()
}

// ordered lists the blocks of each row that are not 0, and then the others.
func ordered(dense *torch.Tensor) (count, indices *torch.Tensor) {
	dense = dense.To(torch.Int32)
	indices = dense.Argsort(torch.Dim(-1), torch.Descending(true), torch.Stable(true))
	return dense.Sum(torch.Dim(-1)).To(torch.Int32).Contiguous(), indices.To(torch.Int32).Contiguous()
}

func transposed(count, indices *torch.Tensor, columns int64) (*torch.Tensor, *torch.Tensor) {
	return ordered(denseOf(count, indices, columns).Transpose(-2, -1))
}
