-- KEYS lock, fence; ARGV value, hint, channel, message -> {1} it was thrown out, the fence went up | {0} it was not there
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
local fence = tonumber(redis.call('GET', KEYS[2]) or '0')
if not fence then
  return redis.error_reply('FENCEPOST the fence is not a number: ' .. KEYS[2])
end
fence = math.max(fence, tonumber(ARGV[2])) + 1
if fence > 9007199254740991 then
  return redis.error_reply('FENCEPOST the fence is used up: ' .. KEYS[2])
end
redis.call('SET', KEYS[2], string.format('%.0f', fence))
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return {1}
