-- What each of wrk's threads asks, and what it counts. saturation.js writes the requests, one a line, in hex.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  answered, busy, wrong, first = 0, 0, 0, ""
  requests = {}
  for line in io.lines(args[1]) do
    local bytes = line:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
    table.insert(requests, bytes)
  end
  at = 0
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status, headers, body)
  local again = headers["retry-after"] or headers["Retry-After"]
  if status == 200 then
    answered = answered + 1
  elseif status == 503 and again then
    busy = busy + 1
  else
    wrong = wrong + 1
    if first == "" then first = status .. " " .. body:sub(1, 200) end
  end
end

function done(summary)
  local answered, busy, wrong, first = 0, 0, 0, ""
  for _, thread in ipairs(threads) do
    answered = answered + thread:get("answered")
    busy = busy + thread:get("busy")
    wrong = wrong + thread:get("wrong")
    if first == "" then first = thread:get("first") end
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write
  local counts = { answered, busy, wrong, lost, errors.timeout, summary.duration }
  io.write("\nfigures " .. table.concat(counts, " ") .. " " .. first .. "\n")
end
