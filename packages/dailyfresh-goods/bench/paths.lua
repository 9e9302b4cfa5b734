-- Walks round the paths in the environment and prints what wrk counted, as one line of JSON.
local paths, at = {}, 0
for path in string.gmatch(os.getenv("BENCH_PATHS"), "%S+") do paths[#paths + 1] = path end
local wish = os.getenv("BENCH_WISH")
wrk.headers["Accept-Encoding"] = "gzip"
if wish and wish ~= "" then wrk.headers["X-Bench"] = wish end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

function done(summary, latency, requests)
  local e = summary.errors
  print(string.format('{"rate": %f, "p50": %f, "p95": %f, "bytes": %f, "errors": %d}',
    summary.requests * 1e6 / summary.duration, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.bytes / math.max(1, summary.requests), e.connect + e.read + e.write + e.status + e.timeout))
end
