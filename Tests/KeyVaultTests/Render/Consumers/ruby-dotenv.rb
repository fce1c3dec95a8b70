# Prints what ruby-dotenv reads in a file of the variables that $KV_NAMES names, a NUL after each.
require "dotenv"
names = ENV["KV_NAMES"].split
abort "other variables" if Dotenv.load(ARGV[0]).keys.sort != names.sort
names.each { |name| print ENV.fetch(name), "\0" }
