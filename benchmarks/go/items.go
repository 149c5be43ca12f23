package main

import "github.com/wangkuiyi/gotorch/torch"

// An item is something to measure: setup prepares it and returns the operation.
// The items of python/bench.py and cpp/bench.cpp are the same.
type item struct {
	name     string
	perScope int // how many operations share a scope, if scopes are measured
	setup    func() func()
}

// operators is how many operators a scope commonly holds: those of a step of a
// small network.
const operators = 100

var items = []item{
	{"add", operators, func() func() { x, y := randn(2), randn(2); return func() { torch.Add(x, y) } }},
	{"add_grad", operators, func() func() { x, y := grad(randn(2)), randn(2); return func() { torch.Add(x, y) } }},
	{"mm_8x8", operators, func() func() { x, y := randn(8, 8), randn(8, 8); return func() { torch.Mm(x, y) } }},
	{"training_step", 1, trainingStep},
	{"adam_200", 1, adam200},
	{"mlp_step", 1, mlpStep},
	{"lstm_step", 1, lstmStep},
	{"gpt_step", 1, gptStep},
	{"resnet18_step", 1, resnetStep},
}

func randn(size ...int64) *torch.Tensor { return torch.Randn(size) }

func grad(t *torch.Tensor) *torch.Tensor { return t.RequiresGrad_() }
