package csrc

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

// FuzzFrame puts values of all kinds, in the order that the bytes say, and looks
// for the words that frame.h lays down, in a frame of the usual size and in a
// longer one.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Add([]byte("\x03a string that takes several words\x04\x05"))
	f.Add(slices.Repeat([]byte{0}, capacity))
	f.Add(slices.Repeat([]byte{0}, capacity+1))
	f.Add(slices.Repeat([]byte{4, 3, 2}, 100))
	f.Fuzz(func(t *testing.T, program []byte) {
		var frame Frame
		frame.SetFlags(NoGrad)
		want := []uint64{NoGrad}
		for len(program) > 0 {
			code := program[0]
			program = program[1:]
			var operand [8]byte
			copy(operand[:], program)
			w := binary.LittleEndian.Uint64(operand[:])
			switch code % 6 {
			case 0:
				frame.PutInt(int64(w))
				want = append(want, w)
			case 1:
				frame.PutFloat(math.Float64frombits(w))
				want = append(want, w)
			case 2:
				frame.PutBool(w%2 == 1)
				want = append(want, w%2)
			case 3:
				s := program[:min(len(program), int(w%64))]
				program = program[len(s):]
				frame.PutString(string(s))
				want = append(want, uint64(len(s)))
				for chunk := range slices.Chunk(s, 8) {
					var word [8]byte
					copy(word[:], chunk)
					want = append(want, binary.LittleEndian.Uint64(word[:]))
				}
			case 4:
				list := slices.Repeat([]int64{int64(w)}, int(w%40))
				frame.PutInts(list)
				want = append(want, uint64(len(list)))
				want = append(want, slices.Repeat([]uint64{w}, len(list))...)
			case 5:
				frame.PutFloats([]float64{math.Float64frombits(w)})
				want = append(want, 1, w)
			}
		}
		frame.start()
		got := frame.words[:min(len(want), len(frame.words))]
		if frame.long != nil {
			got = frame.long
		}
		if !slices.Equal(want, got) {
			t.Errorf("the frame has %x, not %x", got, want)
		}
	})
}
