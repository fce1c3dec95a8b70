// Prints what godotenv reads in a file: KV_TEST_0, KV_TEST_1, …, a NUL after each.
package main

import (
	"fmt"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	values, err := godotenv.Read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for i := 0; i < len(values); i++ {
		fmt.Print(values[fmt.Sprintf("KV_TEST_%d", i)], "\x00")
	}
}
