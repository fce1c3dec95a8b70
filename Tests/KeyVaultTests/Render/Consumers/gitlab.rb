# Prints what GitLab reads in a dotenv report of the variables that $KV_NAMES names, a NUL after each. GitLab's server
# is in no package; these are its rules: a line is a name, the first '=' and a value, blanks at the ends
# of both go, quotes stay, an empty line is an error, and '$' names a variable when the value is used.
values = {}
File.read(ARGV[0], encoding: "UTF-8").each_line do |line|
  name, value = line.chomp.split("=", 2)
  abort "no variable in a line" if value.nil?
  value = value.strip
  abort "'$' would be filled" if value.include?("$")
  values[name.strip] = value
end
names = ENV["KV_NAMES"].split
abort "other variables" if values.keys.sort != names.sort
names.each { |name| print values.fetch(name), "\0" }
