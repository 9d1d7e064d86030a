console.log(typeof (globalThis as { gc?: unknown }).gc);
