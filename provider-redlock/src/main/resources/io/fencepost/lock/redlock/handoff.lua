-- KEYS lock, fence, node; ARGV value, ttl in ms, hint, the predecessor's value, the node's marker -> {1, fence, whether the predecessor's mark was there} granted | {0, remaining ms, holder's value} denied
-- RELEASE of the predecessor and then ACQUIRE; what speaks against the second is found before the first, so that an error means: neither
if redis.call('GET', KEYS[3]) ~= ARGV[5] then
  return redis.error_reply('FORGOTTEN the marker of this node is not the one that it was admitted with')
end
local held = redis.call('GET', KEYS[1])
local released = held == ARGV[4]
if held and not released and held ~= ARGV[1] then
  return {0, redis.call('PTTL', KEYS[1]), held}
end
local fence = tonumber(redis.call('GET', KEYS[2]) or '0')
if not fence then
  return redis.error_reply('FENCEPOST the fence is not a number: ' .. KEYS[2])
end
if held and not released then
  return {1, string.format('%.0f', fence), 0}
end
fence = math.max(fence, tonumber(ARGV[3])) + 1
-- beyond this a double no longer counts by ones, and two grants could get one number
if fence > 9007199254740991 then
  return redis.error_reply('FENCEPOST the fence is used up: ' .. KEYS[2])
end
local text = string.format('%.0f', fence)
redis.call('SET', KEYS[2], text)
-- last, and in place of the predecessor's: the lock is not seen free in between, so that nobody is told
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, text, released and 1 or 0}
