-- KEYS lock, fence; ARGV value, ttl in ms -> {1} extended | {0} not ours; never creates
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1}
