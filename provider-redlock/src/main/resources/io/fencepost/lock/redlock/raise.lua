-- KEYS lock, fence; ARGV value, fence that was granted, fence to reach -> {1} it is there | {0} refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
local fence = redis.call('GET', KEYS[2])
if fence == ARGV[3] then
  return {1}
end
if fence ~= ARGV[2] then
  return {0}
end
redis.call('SET', KEYS[2], ARGV[3])
return {1}
