// Package amp trains models in mixed precision. It mirrors Python's torch.amp.
//
// Inside [Autocast] each operator runs in the dtype that suits it: products of
// matrices, convolutions and the like in float16 or bfloat16, which is fast and
// takes half of the memory; sums, norms, losses and what else needs the range in
// float32. The parameters stay in float32. Which operator does what is the table
// in https://docs.pytorch.org/docs/stable/amp.html#autocast-op-reference.
//
// In float16 small gradients would become zero. A [GradScaler] multiplies the
// loss, and with it all gradients, by a large factor, and divides the gradients
// by it before the optimizer sees them. If some are infinite then, the step is
// skipped, and the factor becomes smaller. bfloat16 has float32's range, and
// needs none of that.
//
//	scaler := amp.NewGradScaler("cuda")
//	for input, target := range batches {
//		optimizer.ZeroGrad()
//		var loss *torch.Tensor
//		amp.Autocast("cuda", func() {
//			loss = criterion.Forward(model.Forward(input), target)
//		})
//		scaler.Scale(loss).Backward()
//		scaler.Step(optimizer)
//		scaler.Update()
//	}
//
// Backward passes should run outside of Autocast: their operators run in the
// dtypes that those of the forward pass had. [CustomFwd] and [CustomBwd] do the
// same for functions whose gradient is written in Go.
//
// Autocast holds for the goroutine, and ends with the function that it runs.
// Goroutines that are started inside begin without; [torch.CaptureState] hands it
// on.
package amp
