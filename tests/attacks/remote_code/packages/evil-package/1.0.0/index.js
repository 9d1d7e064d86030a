module.exports = 'marker-4f9d2c81b7e6';
