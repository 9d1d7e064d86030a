module.exports = 'glibc with ' + require('pixels-glibc');
