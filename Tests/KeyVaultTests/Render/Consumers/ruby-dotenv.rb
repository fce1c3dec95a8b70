# Prints what ruby-dotenv reads in a file: KV_TEST_0, KV_TEST_1, …, a NUL after each.
require "dotenv"
values = Dotenv.load(ARGV[0])
values.size.times { |i| print ENV["KV_TEST_#{i}"], "\0" }
