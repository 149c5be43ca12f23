package nn

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKeysOfFields(t *testing.T) {
	for field, key := range map[string]string{
		"fc1": "fc1", "hiddenLayer": "hiddenLayer", "layer_norm": "layer_norm",
		"FC1": "fc1", "Fc1": "fc1", "Conv2D": "conv2d", "Conv2Weight": "conv2_weight", "InProjWeight": "in_proj_weight",
		"WeightIhL0": "weight_ih_l0", "HTTPServer": "http_server", "ReLU": "re_lu", "A": "a", "A_B": "a_b", "A_Bc": "a_bc",
		"Ωhm": "ωhm",
	} {
		assert.Equal(t, key, keyOf(field), field)
	}
}
