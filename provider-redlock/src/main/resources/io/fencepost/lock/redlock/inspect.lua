-- KEYS lock, fence -> {0} free | {1, remaining ms, value, fence}
local held = redis.call('GET', KEYS[1])
if not held then
  return {0}
end
return {1, redis.call('PTTL', KEYS[1]), held, redis.call('GET', KEYS[2]) or '0'}
