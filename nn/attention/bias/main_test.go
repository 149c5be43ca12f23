package bias_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
