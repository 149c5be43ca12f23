package torch_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/linalg"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestLinAlgError(t *testing.T) {
	singular := torch.Zeros([]int64{2, 2})
	sameRefusals(t, []misuse{
		{"inv", "torch.linalg.inv(torch.zeros(2, 2))", func() { linalg.Inv(singular) }},
		{"cholesky", "torch.linalg.cholesky(-torch.eye(2))", func() { linalg.Cholesky(torch.Eye(2).Neg()) }},
		{"solve", "torch.linalg.solve(torch.zeros(2, 2), torch.ones(2))", func() { linalg.Solve(singular, torch.Ones([]int64{2})) }},
	})
	var failed *linalg.LinAlgError
	assert.False(t, errors.As(torch.Try(func() { linalg.Inv(torch.Ones([]int64{2})) }), &failed), "that is no error of the numbers")
	assert.True(t, errors.As(torch.Try(func() { linalg.Inv(singular) }), &failed))
	assert.Equal(t, "LinAlgError", failed.Kind)
}

func ExampleLinAlgError() {
	err := torch.Try(func() { linalg.Inv(torch.Zeros([]int64{2, 2})) })
	var failed *linalg.LinAlgError
	fmt.Println(errors.As(err, &failed))
	fmt.Println(failed.Message)
	// Output:
	// true
	// linalg.inv: The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular.
}
