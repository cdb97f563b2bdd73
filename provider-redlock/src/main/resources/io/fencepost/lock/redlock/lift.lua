-- KEYS node, fences; ARGV marker that is expected, a number for each fence -> {1} all are at least that | {0} the marker is another; never lowers
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
for i = 2, #KEYS do
  local fence = tonumber(redis.call('GET', KEYS[i]) or '0')
  -- what is no number is left alone: acquiring refuses it as well
  if fence and fence < tonumber(ARGV[i]) then
    redis.call('SET', KEYS[i], ARGV[i])
  end
end
return {1}
