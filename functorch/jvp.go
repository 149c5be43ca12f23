package functorch

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

const jvpName = "jvp(f, primals, tangents)"

// Jvp returns f(primals), and the Jacobian of f multiplied with the tangents:
// forward mode. The tangents have the structure of the primals. Python's
// torch.func.jvp.
func Jvp[X, Y Tree](f func(X) Y, primals, tangents X, opts ...JvpOption) (outputs, tangentsOut Y) {
	outputs, tangentsOut, _ = JvpAux(withoutAux(f), primals, tangents, opts...)
	return outputs, tangentsOut
}

// JvpAux is [Jvp] for a function with a second result, which is returned as it
// is.
func JvpAux[X, Y, A Tree](f func(X) (Y, A), primals, tangents X, opts ...JvpOption) (outputs, tangentsOut Y, aux A) {
	var o gradOptions
	for _, opt := range opts {
		opt.jvp(&o)
	}
	if p, t := argumentsSpec(primals), argumentsSpec(tangents); !p.equal(t) {
		refuse(jvpName+": Expected primals and tangents to have the same python structure. For example, if primals is a "+
			"tuple of 3 tensors, tangents also must be. Got primals with structure %s and tangents with structure %s", p, t)
	}
	places := o.diff(argumentsSpec(primals), len(leavesOf(primals)))
	return jvp(f, primals, leavesOf(tangents), places, o.strict)
}

// jvp is JvpAux for tangents of the leaves at these places.
func jvp[X, Y, A Tree](f func(X) (Y, A), primals X, tangents []*torch.Tensor, places []int, strict bool) (
	outputs, tangentsOut Y, aux A) {
	leaves := leavesOf(primals)
	checkTensors("primals", pick(leaves, places))
	checkTensors("tangents", tangents)
	layers.Jvp(func(level int64) {
		duals := make([]*torch.Tensor, len(leaves))
		for i, place := range places {
			duals[place] = layers.MakeDual(leaves[place], tangents[i])
		}
		for i, t := range leaves {
			if t != nil && !slices.Contains(places, i) {
				duals[i] = layers.WrapForGrad(t, level)
			}
		}
		var y Y
		y, aux = f(likeTree(primals, duals))
		results := leavesOf(y)
		checkOutputs(results, jvpName)
		values, slopes := make([]*torch.Tensor, len(results)), make([]*torch.Tensor, len(results))
		for i, t := range results {
			values[i], slopes[i] = unpackDual(t, strict)
		}
		outputs, tangentsOut = unwrapped(likeTree(y, values), level), unwrapped(likeTree(y, slopes), level)
		aux = unwrapped(aux, level)
	})
	return outputs, tangentsOut, aux
}

func checkTensors(which string, tensors []*torch.Tensor) {
	if len(tensors) == 0 {
		refuse(jvpName+": Expected %s to contain at least one Tensor.", which)
	}
	if slices.Contains(tensors, nil) {
		refuse(jvpName+": Expected %s to only contain Tensors, got <class 'NoneType'>", which)
	}
}

func unpackDual(t *torch.Tensor, strict bool) (primal, tangent *torch.Tensor) {
	primal, tangent = layers.UnpackDual(t)
	if tangent == nil {
		if strict {
			refuse("jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. " +
				"This is not allowed with strict=True.")
		}
		tangent = torch.ZerosLike(primal)
	}
	return primal, tangent
}

// Linearize returns f(primals), and the function that multiplies the Jacobian
// of f at the primals with tangents. Python's torch.func.linearize. Unlike
// there, f is evaluated again by each such product, and nothing is kept between
// them.
func Linearize[X, Y Tree](f func(X) Y, primals X) (Y, func(tangents X) Y) {
	output := f(primals)
	return output, func(tangents X) Y {
		checkTangents(primals, tangents)
		_, out := Jvp(f, primals, tangents)
		return out
	}
}

func checkTangents[X Tree](primals, tangents X) {
	if p, t := argumentsSpec(primals), argumentsSpec(tangents); !p.equal(t) {
		refuse("Expected the tangents %s to have the same argspec as the primals %s", t, p)
	}
	expected := leavesOf(primals)
	for i, t := range leavesOf(tangents) {
		check := func(what string, got, want string) {
			if got != want {
				refuse("tangent:%d with %s %s in flattened pytree doesn't match the %[2]s %[4]s of the corresponding primal.",
					i, what, got, want)
			}
		}
		check("shape", sizeText(t.Shape()), sizeText(expected[i].Shape()))
		check("device", t.Device().String(), expected[i].Device().String())
		check("dtype", t.DType().String(), expected[i].DType().String())
	}
}
