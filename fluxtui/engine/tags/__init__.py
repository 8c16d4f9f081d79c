"""What registries offer: tags kept listed, manifests read, and what policies pick of them."""
