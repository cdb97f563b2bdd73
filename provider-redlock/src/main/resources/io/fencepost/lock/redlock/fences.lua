-- KEYS node; ARGV marker that is expected ('' none), pattern, cursor, count -> {1, next cursor, key, fence, key, fence, …} | {0} the marker is another
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return {0}
end
local page = redis.call('SCAN', ARGV[3], 'MATCH', ARGV[2], 'COUNT', ARGV[4])
local answer = {1, page[1]}
for _, key in ipairs(page[2]) do
  local fence = redis.call('GET', key)
  if tonumber(fence or '') then
    answer[#answer + 1] = key
    answer[#answer + 1] = fence
  end
end
return answer
