// Command stop ends the Postgres and Redis that the checkout's tests share. "make test" runs it at the end; left alone they end by
// themselves after a while.
package main

import (
	"fmt"
	"os"

	"tanggap/testbed/keeper"
)

func main() {
	dir, err := keeper.Folder()
	if err == nil {
		err = keeper.Stop(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stop:", err)
		os.Exit(1)
	}
}
