"""Makes the weights that classify serves: data, network, training, export. Needs the `train` extra; the service never imports it."""
