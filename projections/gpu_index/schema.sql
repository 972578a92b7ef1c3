CREATE TABLE {schema}.gpu_index_revision ({gpu_index_revision}, PRIMARY KEY (series, day, known_at, learned_at));
