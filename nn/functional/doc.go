// Package functional has the functions behind the layers of package nn,
// Python's torch.nn.functional.
//
//	x = F.relu(F.conv2d(x, w, b, stride=2, padding=1))
//	x = F.Relu(F.Conv2d(x, w, F.Bias(b), F.Stride(2), F.Padding(1)))
//
// Required arguments come first. Keyword arguments are options: those of package
// torch, which are here under the names of the keywords, too. So functional.Bias
// is torch.Bias and functional.Mode torch.WithMode. Where Python's argument
// return_indices decides how many results there are, Go has two functions, such as
// [MaxPool2d] and [MaxPool2dWithIndices].
//
// Losses take a [Reduction]. The size of a kernel is a number or one for each
// dimension: 3, [2]int{3, 5} or []int64{3, 5}.
package functional
