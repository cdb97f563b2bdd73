@NullMarked
package io.fencepost.example.jdbc;

import org.jspecify.annotations.NullMarked;
