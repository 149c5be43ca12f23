package tunable

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/setting"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// A gemm is one product of an untuned file: of m x k by k x n.
type gemm struct {
	op, parameters   string
	dtype            torch.DType
	tf32             bool
	transA, transB   bool
	m, n, k, batch   int64
	lda, ldb, ldc    int64
	device           torch.Device
	partOfLargerOnes bool
}

var dtypes = map[string]torch.DType{
	"Float": torch.Float32, "float": torch.Float32, "tf32": torch.Float32, "double": torch.Float64, "BFloat16": torch.BFloat16,
	"Half": torch.Float16, "c10::complex<double>": torch.Complex128, "c10::complex<float>": torch.Complex64,
}

// TuneGemmInFile computes the products that a file lists, which [RecordUntunedEnable] has
// written, on the current GPU, so that they are tuned: of matrices, of batches of them, and with
// a bias. Other products, of scaled matrices of float8, are left out with a warning. Python's
// tune_gemm_in_file.
//
// TunableOp and tuning must be on; otherwise it panics, as it does for a line that says nothing
// sensible. A file that cannot be read is an error.
func TuneGemmInFile(filename string) error {
	switch {
	case !IsEnabled():
		panic(torch.NewError("AssertionError", "TunableOp is not enabled"))
	case !TuningIsEnabled():
		panic(torch.NewError("AssertionError", "Tuning is not enabled"))
	}
	file, err := os.Open(filename)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "ScaledGemm"):
			torch.Warn("Offline tuning is not supported for scaled products. Use online tuning instead. Skipped tuning for: %s", line)
		case strings.HasPrefix(line, "Gemm"):
			gemmOf(line).tune()
		}
	}
	return lines.Err()
}

// gemmOf reads a line such as GemmTunableOp_float_NT,nt_4_5_6_ld_4_6_4,...
func gemmOf(line string) *gemm {
	refuse := func() { panic(torch.NewError("ValueError", "not a product that TunableOp writes: %q", line)) }
	fields := strings.Split(strings.TrimSpace(line), ",")
	if len(fields) < 2 {
		refuse()
	}
	name, sizes := strings.Split(fields[0], "_"), strings.Split(fields[1], "_")
	at := slices.Index(sizes, "ld")
	if len(name) != 3 || len(name[2]) != 2 || (at != 4 && at != 6) || len(sizes) < at+4 || dtypes[name[1]] == 0 {
		refuse()
	}
	var numbers []int64
	for _, text := range slices.Concat(sizes[1:at], sizes[at+1:at+4]) {
		n, err := strconv.ParseInt(text, 10, 64)
		if text != "B" && (err != nil || n < 0) { // B stands before the number of products
			refuse()
		}
		numbers = append(numbers, n)
	}
	// libtorch gives cuBLAS, which reads columns, the matrices in the other order.
	g := &gemm{op: name[0], parameters: fields[1], dtype: dtypes[name[1]], tf32: name[1] == "tf32",
		transB: name[2][0] == 'T', transA: name[2][1] == 'T', n: numbers[0], m: numbers[1], k: numbers[2]}
	if at == 6 {
		g.batch = numbers[4]
	}
	leading := numbers[len(numbers)-3:]
	g.ldb, g.lda, g.ldc = leading[0], leading[1], leading[2]
	g.device = torch.CUDA(cuda.CurrentDevice())
	tightA, tightB := g.k, g.n
	if g.transA {
		tightA = g.m
	}
	if g.transB {
		tightB = g.k
	}
	g.partOfLargerOnes = g.lda != tightA || g.ldb != tightB || g.ldc != g.n
	return g
}

// tune computes the product of random matrices.
func (g *gemm) tune() {
	defer setting.Set("cuda.matmul.allow_tf32", setting.On("cuda.matmul.allow_tf32"))
	setting.Set("cuda.matmul.allow_tf32", g.tf32)
	thin := g.m == 1 || g.n == 1 || g.k == 1
	switch g.op {
	case "GemmTunableOp":
		if thin && (g.transA || g.transB) && !(g.transA && g.n == 1) {
			g.skip()
			return
		}
		a, b := g.matrices()
		torch.Mm(a, b)
	case "GemmStridedBatchedTunableOp":
		if thin {
			g.skip()
			return
		}
		a, b := g.matrices(g.batch)
		torch.Bmm(a, b)
	case "GemmAndBiasTunableOp":
		if g.transA == g.transB {
			panic(torch.NewError("AssertionError", "transA and transB must differ for GemmAndBiasTunableOp, got transA=%s, transB=%s",
				pythonBool(g.transA), pythonBool(g.transB)))
		}
		bias := torch.Rand([]int64{g.n}, g.dtype, g.device)
		x, a := g.matrices()
		functional.Linear(x, a.T(), functional.Bias(bias))
	default:
		torch.Warn("error: unknown op %s", g.op)
	}
}

func (g *gemm) skip() {
	torch.Warn("Offline tuning is not supported for this GEMM. Use online tuning instead. Skipped tuning for: %s", g.parameters)
}

// matrices returns matrices that lie in memory as those that were recorded.
func (g *gemm) matrices(batch ...int64) (a, b *torch.Tensor) {
	if !g.partOfLargerOnes {
		return g.whole(batch, g.m, g.k, g.transA), g.whole(batch, g.k, g.n, g.transB)
	}
	rows := max(g.ldc, g.k)
	larger := func(columns int64) *torch.Tensor {
		return torch.Randn(append(slices.Clone(batch), rows, columns), g.dtype, g.device)
	}
	ofA, ofB := larger(g.lda), larger(g.ldb)
	return part(ofA, g.m, g.k, g.transA), part(ofB, g.k, g.n, g.transB)
}

// whole returns a matrix of its own, which lies in memory transposed or not.
func (g *gemm) whole(batch []int64, rows, columns int64, transposed bool) *torch.Tensor {
	if transposed {
		rows, columns = columns, rows
	}
	t := torch.Rand(append(slices.Clone(batch), rows, columns), g.dtype, g.device)
	if transposed {
		return t.Transpose(-2, -1)
	}
	return t
}

// part returns the corner of a larger matrix.
func part(t *torch.Tensor, rows, columns int64, transposed bool) *torch.Tensor {
	if transposed {
		return part(t, columns, rows, false).Transpose(-2, -1)
	}
	return t.Narrow(-2, 0, rows).Narrow(-1, 0, columns)
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
