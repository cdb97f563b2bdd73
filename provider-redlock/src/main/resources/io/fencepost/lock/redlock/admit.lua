-- KEYS node; ARGV marker that is expected ('' none), marker to set -> {1} set | {0} the marker is another
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return {0}
end
redis.call('SET', KEYS[1], ARGV[2])
return {1}
