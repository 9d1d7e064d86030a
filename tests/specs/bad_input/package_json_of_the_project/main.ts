import 'versioned';
