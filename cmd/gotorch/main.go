// Command gotorch looks after an installation of GoTorch.
//
//	gotorch doctor    what is installed, where, and whether it works
//	gotorch version   GoTorch's and libtorch's versions
package main

import (
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `usage: gotorch COMMAND

  doctor    print what is installed and where, and test that it works
  version   print the versions
`

func run(args []string, out, errors io.Writer) (status int) {
	if len(args) != 1 {
		fmt.Fprint(errors, usage)
		return 2
	}
	switch args[0] {
	case "doctor":
		return doctor(out)
	case "version":
		return version(out, errors)
	case "help", "-h", "--help":
		fmt.Fprint(out, usage)
		return 0
	}
	fmt.Fprintf(errors, "gotorch: unknown command %q\n%s", args[0], usage)
	return 2
}
