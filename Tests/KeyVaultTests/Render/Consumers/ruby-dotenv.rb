# Prints what ruby-dotenv reads in a file of the variables that $KV_NAMES names, a NUL after each.
require "dotenv"
names = ENV["KV_NAMES"].split
Dotenv.load(ARGV[0])
names.each { |name| print ENV.fetch(name), "\0" }
