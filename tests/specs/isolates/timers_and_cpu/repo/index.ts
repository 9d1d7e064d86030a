const DURATION = 1500;

function work(): void {
  const end = performance.now() + 7;
  while (performance.now() < end);
}

/** Works in turns, each begun by `again`, for three times as long as one turn may last. */
function chain(again: (step: () => void) => void, work: () => void): Promise<string> {
  const end = performance.now() + DURATION;
  return new Promise((resolve) => {
    const step = () => {
      work();
      if (performance.now() > end) resolve('went on');
      else again(step);
    };
    step();
  });
}

function interval(): Promise<string> {
  const end = performance.now() + DURATION;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      work();
      if (performance.now() < end) return;
      clearInterval(timer);
      resolve('went on');
    }, 0);
  });
}

const inWorker = (source: string): Promise<string> => {
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: 'module' });
  return new Promise((resolve) => worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); });
};

const WAYS: Record<string, () => Promise<string>> = {
  'timers': () => chain((step) => setTimeout(step, 0), work),
  'immediates': () => chain((step) => setImmediate(step), work),
  interval,
  'timers in a worker': () => inWorker(`const DURATION = ${DURATION}; ${work} ${chain}
    chain((step) => setTimeout(step, 0), work).then(postMessage);`),
  'short timers': () => chain((step) => setTimeout(step, 0), () => {}),
  'short timers in a worker': () => inWorker(`const DURATION = ${DURATION}; ${chain}
    chain((step) => setTimeout(step, 0), () => {}).then(postMessage);`),
  'spin in a timer': () => new Promise(() => setTimeout(() => { for (;;); }, 0)),
  "spin in a worker's timer": () => inWorker('setTimeout(() => { for (;;); }, 0);'),
};

export default class {
  id = 'busy'; name = 'Busy'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  async busy(way: string): Promise<string> { return await WAYS[way](); }
}
