package cuda

import (
	"fmt"
	"strings"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/torch"
)

// MemorySummary returns a table of what the allocator has counted for a device, to be
// read by people: Python's torch.cuda.memory_summary.
func MemorySummary(device ...torch.Device) string { return summary(device, false) }

// AbbreviatedMemorySummary is [MemorySummary] without the lines of the large and the
// small pool, Python's memory_summary(abbreviated=True).
func AbbreviatedMemorySummary(device ...torch.Device) string { return summary(device, true) }

const (
	summaryWidth = 75
	summaryHead  = "        Metric         | Cur Usage  | Peak Usage | Tot Alloc  | Tot Freed  "
)

func summary(device []torch.Device, abbreviated bool) string {
	i := index(device)
	s := accelerator.NestedMemoryStats(torch.CUDA(i))
	double, single := strings.Repeat("=", summaryWidth), strings.Repeat("-", summaryWidth)
	lines := []string{
		double,
		fmt.Sprintf(" %16s PyTorch CUDA memory summary, device ID %-17d ", "", i),
		single,
		fmt.Sprintf("  %9s CUDA OOMs: %-12d | %6s cudaMalloc retries: %-8d  ", "", s.NumOoms, "", s.NumAllocRetries),
		double,
		summaryHead,
	}
	pooled := []struct {
		name   string
		stats  accelerator.PoolStats
		format func(n, scale int64) string
	}{
		{"Allocated memory", s.AllocatedBytes, formatSize},
		{"Active memory", s.ActiveBytes, formatSize},
		{"Requested memory", s.RequestedBytes, formatSize},
		{"GPU reserved memory", s.ReservedBytes, formatSize},
		{"Non-releasable memory", s.InactiveSplitBytes, formatSize},
		{"Allocations", s.Allocation, formatCount},
		{"Active allocs", s.Active, formatCount},
		{"GPU reserved segments", s.Segment, formatCount},
		{"Non-releasable allocs", s.InactiveSplit, formatCount},
	}
	for _, m := range pooled {
		lines = append(lines, single, summaryLine(m.name, m.stats.All, m.stats.All, m.format))
		if !abbreviated {
			lines = append(lines, summaryLine("      from large pool", m.stats.LargePool, m.stats.All, m.format),
				summaryLine("      from small pool", m.stats.SmallPool, m.stats.All, m.format))
		}
	}
	lines = append(lines,
		single, summaryLine("Oversize allocations", s.OversizeAllocations, s.OversizeAllocations, formatCount),
		single, summaryLine("Oversize GPU segments", s.OversizeSegments, s.OversizeSegments, formatCount),
		double)
	return "|" + strings.Join(lines, "|\n|") + "|\n"
}

// summaryLine shows the numbers of one quantity, in the units that fit those of
// scale.
func summaryLine(name string, s, scale accelerator.Stat, format func(n, scale int64) string) string {
	return fmt.Sprintf(" %-21s | %s | %s | %s | %s ", name, format(s.Current, scale.Current), format(s.Peak, scale.Peak),
		format(s.Allocated, scale.Allocated), format(s.Freed, scale.Freed))
}

func formatSize(n, scale int64) string {
	n, unit := scaled(n, scale, 768*1024, 1024, "B  ", "KiB", "MiB", "GiB", "TiB", "PiB")
	return fmt.Sprintf("%6d %s", n, unit)
}

func formatCount(n, scale int64) string {
	n, unit := scaled(n, scale, 750*1000, 1000, " ", "K", "M")
	return fmt.Sprintf("%7d %s ", n, unit)
}

// scaled divides n by step as often as brings scale below limit, and returns the unit
// that n is then in.
func scaled(n, scale int64, limit, step float64, units ...string) (int64, string) {
	i := 0
	for size := float64(scale); size >= limit && i < len(units)-1; size /= step {
		n /= int64(step)
		i++
	}
	return n, units[i]
}
