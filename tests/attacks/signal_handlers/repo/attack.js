const never = () => {};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  try { Deno.addSignalListener(signal, never); } catch { /* Refused. */ }
  try { process.on(signal, never); } catch { /* Refused. */ }
}
export default () => ['ready'];
