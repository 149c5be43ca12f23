package csrc

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	echoInts   = Entry("echo_ints(int[] v) -> int[]")
	echoString = Entry("echo_string(str s) -> str")
	echoWords  = Entry("echo_words(int a, float b, bool c) -> (int, float, bool)")
	emptyBlock = Entry("empty_block() -> int[]")
)

// Whatever is put into a frame comes out of it: what fits into its words and
// what does not, in arguments and in results.
func TestFrames(t *testing.T) {
	inChild(t, fakeHome, func(t *testing.T) {
		t.Run("ints", rapid.MakeCheck(intsRoundTrip))
		t.Run("string", rapid.MakeCheck(stringRoundTrip))
		t.Run("words", rapid.MakeCheck(wordsRoundTrip))
		t.Run("an empty list in a block", func(t *testing.T) {
			var f Frame
			require.Nil(t, f.Call(emptyBlock))
			assert.Empty(t, f.TakeInts())
		})
	})
}

func intsRoundTrip(t *rapid.T) {
	want := rapid.SliceOfN(rapid.Int64(), 0, 200).Draw(t, "ints")
	var f Frame
	f.PutInts(want)
	require.Nil(t, f.Call(echoInts))
	assert.Equal(t, uint64(42), f.Scope())
	if got := f.TakeInts(); !slices.Equal(want, got) {
		t.Fatalf("%v came back as %v", want, got)
	}
}

func stringRoundTrip(t *rapid.T) {
	want := string(rapid.SliceOfN(rapid.Byte(), 0, 1000).Draw(t, "bytes"))
	var f Frame
	f.PutString(want)
	require.Nil(t, f.Call(echoString))
	assert.Equal(t, want, f.TakeString())
}

func wordsRoundTrip(t *rapid.T) {
	a, b, c := rapid.Int64().Draw(t, "int"), rapid.Float64().Draw(t, "float"), rapid.Bool().Draw(t, "bool")
	var f Frame
	f.SetFlags(NoGrad)
	f.PutInt(a)
	f.PutFloat(b)
	f.PutBool(c)
	require.Nil(t, f.CallWithCallbacks(echoWords))
	assert.Equal(t, a, f.TakeInt())
	assert.Equal(t, math.Float64bits(b), math.Float64bits(f.TakeFloat()))
	assert.Equal(t, c, f.TakeBool())
}

// The flags and the words that were put survive the move to a longer frame.
func TestLongFrameKeepsWords(t *testing.T) {
	var f Frame
	f.SetFlags(NoGrad)
	for i := range uint64(100) {
		f.Put(i)
	}
	f.start()
	assert.Equal(t, NoGrad, f.long[0])
	for i := range uint64(100) {
		assert.Equal(t, i, f.Take())
	}
}
