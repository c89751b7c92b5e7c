using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "kv", worker = .kv),
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  compatibilityDate = "2026-10-01",
  modules = [
    (name = "main.js", esModule = embed "main.js"),
    # more modules
  ],
  bindings = [
    (name = "NOTES", kvNamespace = "kv"),
    (name = "GREETING", text = "hello from the edge"),
  ],
);

const kv :Workerd.Worker = (
  compatibilityDate = "2026-10-01",
  modules = [(name = "kv.js", esModule = embed "kv.js")],
);
