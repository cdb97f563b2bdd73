-- KEYS lock, fence; ARGV value, channel ('' tells nobody), message -> {1} was ours, is free | {0} was not ours
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return {1}
