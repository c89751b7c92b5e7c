# {host} and {port} of the server are filled in by suite.py.
vcl 4.1;

backend default {{
  .host = "{host}";
  .port = "{port}";
}}

sub vcl_backend_response {{
  set beresp.grace = 0s;
  set beresp.keep = 60s;
  if (beresp.was_304) {{
    set beresp.http.x-cache = "REVALIDATED";
  }} else {{
    set beresp.http.x-cache = "MISS";
  }}
}}

sub vcl_deliver {{
  if (obj.hits > 0) {{
    set resp.http.x-cache = "HIT";
  }}
}}
