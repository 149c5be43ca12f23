package torch

import "fmt"

// A Stream is a queue of work of a device, Python's torch.Stream.
type Stream struct {
	id     int64
	device Device
}

// NewStream describes the stream of a device that has this number, Python's
// torch.Stream(stream_id=, device_index=, device_type=). The stream 0 is a
// device's default one.
func NewStream(id int64, device Device) Stream { return Stream{id, device} }

// StreamId returns the number of the stream among those of its device.
func (s Stream) StreamId() int64 { return s.id }

// Device returns the stream's device.
func (s Stream) Device() Device { return s.device }

// String returns what Python prints.
func (s Stream) String() string {
	return fmt.Sprintf("torch.Stream device_type=%s, device_index=%d, stream_id=%d", s.device.kind, s.device.index, s.id)
}

// RecordStream tells the allocator that work in the stream uses t, so that t's
// memory is not reused before that is done: Python's t.record_stream. Only
// devices with streams have it.
func (t *Tensor) RecordStream(s Stream) { opRecordStream(t, s) }
