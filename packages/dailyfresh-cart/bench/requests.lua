-- Walks round the requests of one name in requests.txt and prints what wrk counted, as one line of JSON.
local name, made, at = os.getenv("BENCH_NAME"), {}, 0

function init()
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local called, method, path, cookie, body = string.match(line, "^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    if called == name then
      local headers = { Cookie = cookie }
      if method == "POST" then
        headers["Content-Type"], headers["Accept"] = "application/x-www-form-urlencoded", "application/json"
      end
      made[#made + 1] = wrk.format(method, path, headers, method == "POST" and body or nil)
    end
  end
end

function request()
  at = at % #made + 1
  return made[at]
end

function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests": %d, "rate": %f, "p50": %f, "p95": %f, "bytes": %f, "errors": %d}',
    summary.requests, summary.requests * 1e6 / summary.duration, latency:percentile(50) / 1000,
    latency:percentile(95) / 1000, summary.bytes / math.max(1, summary.requests),
    e.connect + e.read + e.write + e.status + e.timeout))
end
