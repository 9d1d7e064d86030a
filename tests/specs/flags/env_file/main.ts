console.log(Deno.env.get('WHERE'), process.env.QUOTED);
