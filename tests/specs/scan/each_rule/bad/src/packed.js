module.exports = eval(Buffer.from('bW9kdWxlLmV4cG9ydHM=', 'base64').toString());
