package optim

// AllowCapturableCPU lets tests run captured steps' arithmetic on the CPU, and
// returns what undoes that.
func AllowCapturableCPU() (undo func()) {
	before := capturableDevices
	capturableDevices = append([]string{"cpu"}, before...)
	return func() { capturableDevices = before }
}
