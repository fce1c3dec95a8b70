// Prints what godotenv reads in a file of the variables that $KV_NAMES names, a NUL after each.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/joho/godotenv"
)

func main() {
	values, err := godotenv.Read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	names := strings.Fields(os.Getenv("KV_NAMES"))
	if len(values) != len(names) {
		fmt.Fprintln(os.Stderr, "other variables")
		os.Exit(1)
	}
	for _, name := range names {
		fmt.Print(values[name], "\x00")
	}
}
