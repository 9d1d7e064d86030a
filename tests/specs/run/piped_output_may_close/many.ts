for (let at = 0; at < 20000; at++) console.log('line', at);
